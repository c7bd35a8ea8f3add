// What `typesVersions` shows to an older TypeScript, which says that this file, by its name, is not a module.
// wudun-ota needs TypeScript 4.7 or later. wudun-ota 需要 TypeScript 4.7 或更高版本。
