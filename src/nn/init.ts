/** Where layers find initial values until they name the folder. */
export * from "./init/index.ts";
