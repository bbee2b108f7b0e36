package io.datumpb;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.datumpb.errors.DamagedFileException;
import java.io.IOException;

/**
 * The fields of a message one by one, for bodies whose compression may hide more messages than a reader would keep.
 * Memory stays that of one field.
 */
final class Wire {
    /** Takes a field, of which the tag was read, and says whether it is one that it knows. */
    @FunctionalInterface
    interface Fields {
        boolean take(int tag, CodedInputStream input) throws IOException;
    }

    private Wire() {}

    /** Gives each field of a body to a taker and skips those that it does not know. */
    static void walk(byte[] body, Place place, String what, Fields fields) throws IOException {
        CodedInputStream input = CodedInputStream.newInstance(body);
        try {
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                // Not CodedInputStream.skipField: groups may nest in it until the stack overflows.
                if (!fields.take(tag, input) && !UnknownFieldSet.newBuilder().mergeFieldFrom(tag, input)) {
                    throw malformed(place, what, null);
                }
            }
        } catch (InvalidProtocolBufferException error) {
            throw malformed(place, what, error);
        }
    }

    static DamagedFileException malformed(Place place, String what, InvalidProtocolBufferException cause) {
        return place.damaged(what + " cannot be parsed", cause);
    }
}
