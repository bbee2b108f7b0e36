/** The messages of the schema, as the Protocol Buffers compiler makes them. */

export * from "./schema/datumpb_schema/v1/annotation_pb.js";
export * from "./schema/datumpb_schema/v1/categories_pb.js";
export * from "./schema/datumpb_schema/v1/container_pb.js";
export * from "./schema/datumpb_schema/v1/coordinates_pb.js";
export * from "./schema/datumpb_schema/v1/item_pb.js";
export * from "./schema/datumpb_schema/v1/media_pb.js";
export * from "./schema/datumpb_schema/v1/meta_pb.js";
export * from "./schema/datumpb_schema/v1/value_pb.js";
