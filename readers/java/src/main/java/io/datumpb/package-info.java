/**
 * A reader of datumpb files, version 1, written from {@code docs/FORMAT.md}; "section" in the comments of this package
 * means one of that document. {@link io.datumpb.DatumReader} is where to begin.
 *
 * <p>Messages are the classes that protoc makes of the schema, such as {@code datumpb_schema.v1.ItemOuterClass.Item}.
 */
package io.datumpb;
