/** Before the browser suites: they are not skipped where their browser is not there, they fail by its name. */
import { chromiumPath, missingChromium } from "./chromium.js";

export default (): void => {
  if (chromiumPath() === undefined) throw new Error(missingChromium);
};
