/** keras.applications there and back: all of them through Keras, the smaller ones through TensorFlow.js too. */
import { roundTripTests, smallArchitectures } from "./applications.js";

roundTripTests(smallArchitectures);
