/**
 * Reads datumpb files: the part that runs wherever there is WebCrypto, in Node.js and in browsers. What reads from the
 * file system is in `datumpb/node`.
 *
 * @packageDocumentation
 */

export { BlobSource, type Bytes, type ByteSource, MemorySource } from "./byte-source.js";
export { decodeCoordinates } from "./coordinates.js";
export { DatumReader, type ReaderOptions } from "./datum-reader.js";
export * from "./errors.js";
export { FetchSource } from "./fetch-source.js";
export { maskRuns } from "./masks.js";
export { checkMediaPath, type MediaOpener } from "./media.js";
export { readMediaFile } from "./media-file.js";
export * as schema from "./schema.js";
export { coordinatesOf, type Shape, shapeOf } from "./shapes.js";
export { type DecodedValue, decodeAttributes, decodeValue } from "./values.js";
