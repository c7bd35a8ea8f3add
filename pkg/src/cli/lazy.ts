/**
 * What brings MQTT.js, loaded when it is used. All else of the program is one file: that is there sooner than many
 * small ones, as long as what Node itself is slow to load is imported where it is used.
 */

export { connect } from "../client/index.js";
export { startGateway } from "../simulator/index.js";
