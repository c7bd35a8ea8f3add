import { decode } from "wudun-ota";
import { bytes, topic } from "./message.mjs";

export const first = () => decode(bytes, { topic }).kind === "result";
