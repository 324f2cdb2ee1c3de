/**
 * For its stack trace query the SDK takes a stack of every promise that a workflow makes, and a run makes about 45: at the
 * usual ten frames that is a tenth of a worker's time. Four still say which rule threw and who had called it. Only where
 * this is loaded before the first run can `Error` still be changed (`preloadModules`); elsewhere nothing comes of it.
 */
Reflect.set(Error, 'stackTraceLimit', 4);
