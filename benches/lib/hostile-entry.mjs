// The worst documents as a script of its own, so that every engine reads the same ones.
import { worst } from "./hostile.mjs";

globalThis.raced = { "64 KiB": worst(65_536, 15), "16 MiB": worst(16_000_000, 3) };
