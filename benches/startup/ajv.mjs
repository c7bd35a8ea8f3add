import { validator } from "../lib/ajv.mjs";
import { bytes } from "./message.mjs";

export const first = () => validator("result", { allErrors: false })(JSON.parse(new TextDecoder().decode(bytes)));
