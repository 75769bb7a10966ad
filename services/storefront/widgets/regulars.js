/** Defines all widgets. A page needs this one file, as `<script type="module">`. */

export { RegularsAccount } from "./account.js";
export { RegularsBalance } from "./balance.js";
export { RegularsInbox } from "./inbox.js";
export { RegularsMemberCentre } from "./member-centre.js";
export { RegularsRewards } from "./rewards.js";
export { RegularsSignin } from "./signin.js";
