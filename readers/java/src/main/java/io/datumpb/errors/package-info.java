/** What readers refuse, as one tree of checked exceptions under {@link io.datumpb.errors.DatumException}. */
package io.datumpb.errors;
