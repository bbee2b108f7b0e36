/**
 * The part that reads from the file system, for Node.js.
 *
 * @packageDocumentation
 */

export { FileSource } from "./file-source.js";
export { readKeyFile } from "./key-file.js";
export { mediaFolder } from "./media-folder.js";
export { openFile } from "./open-file.js";
