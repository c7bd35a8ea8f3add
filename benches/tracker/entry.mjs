// The race as a script of its own, so that every engine runs the same bundle.
import { agreement, measureOurs, measurePlain } from "./race.mjs";

Object.assign(globalThis, { race: { agreement, measureOurs, measurePlain } });
