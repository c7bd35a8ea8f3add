// The race as a script of its own, so that every engine runs the same bundle.
import { race } from "./race.mjs";

globalThis.raced = race();
