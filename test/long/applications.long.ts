/** All of keras.applications that are tried, through Keras and through TensorFlow.js. It needs a Python with Keras. */
import { architectures, roundTripTests } from "../interop/applications.js";

roundTripTests(architectures);
