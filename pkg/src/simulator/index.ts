/** Simulated gateways that behave, and misbehave, as real ones do; and the results that any gateway answers with. */

export { BEHAVIOURS, type Behaviour, type BehaviourInfo, isBehaviour } from "./behaviours.js";
export type { Fetch } from "./download.js";
export { type Gateway, type GatewayEvent, type GatewayOptions, startGateway } from "./gateway.js";
export {
  type Correlation,
  type GatewayReplies,
  gatewayReplies,
  type Reply,
  type ReplyFields,
  type ReplyOptions,
} from "./replies.js";
