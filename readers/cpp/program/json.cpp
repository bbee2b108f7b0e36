// JSON, written by reflection.

#include "json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace conformance {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What JSON has no number for, as text; empty for all others.
template <typename Number>
std::string odd_number(Number number) {
    if (std::isnan(number)) {
        return "\"NaN\"";
    }
    if (std::isinf(number)) {
        return number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    }
    return "";
}

// Without a point, -0 would be read as the integer 0.
std::string with_point(std::string text) {
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// With the fewest digits from six on that give the number back, as Protocol Buffers print a float.
std::string json_float(float number) {
    std::array<char, 32> buffer{};
    char* const end = buffer.data() + buffer.size();
    for (int digits = 6; odd_number(number).empty(); ++digits) {
        const char* const last = std::to_chars(buffer.data(), end, number, std::chars_format::general, digits).ptr;
        float again = 0;
        std::from_chars(buffer.data(), last, again);
        if (again == number) {
            return with_point(std::string(std::as_const(buffer).data(), last));
        }
    }
    return odd_number(number);
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t index = 0; index < 3; ++index) {
            bits = bits << 8 | (index < group.size() ? static_cast<unsigned char>(group[index]) : 0U);
        }
        for (std::size_t digit = 0; digit < 4; ++digit) {
            text += digit <= group.size() ? kAlphabet[bits >> (18 - 6 * digit) & 0x3fU] : '=';
        }
    }
    return text;
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

// Returns field `index` of a repeated field, or, where `index` is negative, the single one.
#define DATUMPB_GET(TYPE) \
    (index < 0 ? reflection.Get##TYPE(message, field) : reflection.GetRepeated##TYPE(message, field, index))

std::string json_value(const Message& message, const FieldDescriptor* field, int index) {
    const Reflection& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return std::to_string(DATUMPB_GET(Int32));
        case FieldDescriptor::CPPTYPE_UINT32:
            return std::to_string(DATUMPB_GET(UInt32));
        case FieldDescriptor::CPPTYPE_INT64:
            return quoted(std::to_string(DATUMPB_GET(Int64)));
        case FieldDescriptor::CPPTYPE_UINT64:
            return quoted(std::to_string(DATUMPB_GET(UInt64)));
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return json_number(DATUMPB_GET(Double));
        case FieldDescriptor::CPPTYPE_FLOAT:
            return json_float(DATUMPB_GET(Float));
        case FieldDescriptor::CPPTYPE_BOOL:
            return DATUMPB_GET(Bool) ? "true" : "false";
        case FieldDescriptor::CPPTYPE_ENUM: {
            const int number = DATUMPB_GET(EnumValue);
            const auto* value = field->enum_type()->FindValueByNumber(number);
            return value == nullptr ? std::to_string(number) : quoted(value->name());
        }
        case FieldDescriptor::CPPTYPE_STRING: {
            const std::string text = DATUMPB_GET(String);
            return field->type() == FieldDescriptor::TYPE_BYTES ? quoted(base64(text)) : json_text(text);
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return json_message(DATUMPB_GET(Message));
    }
    return "null";
}

#undef DATUMPB_GET

std::string json_field(const Message& message, const FieldDescriptor* field) {
    if (!field->is_repeated()) {
        return json_value(message, field, -1);
    }
    std::string text = "[";
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int index = 0; index < size; ++index) {
        text += (index > 0 ? ", " : "") + json_value(message, field, index);
    }
    return text + "]";
}

}  // namespace

std::string json_text(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string quoted_text = "\"";
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x20) {
            quoted_text += "\\u00";
            quoted_text += kHex[code >> 4];
            quoted_text += kHex[code & 0xfU];
        } else {
            if (character == '"' || character == '\\') {
                quoted_text += '\\';
            }
            quoted_text += character;
        }
    }
    return quoted_text + '"';
}

std::string json_number(double number) {
    if (std::string text = odd_number(number); !text.empty()) {
        return text;
    }
    std::array<char, 32> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return with_point(std::string(buffer.data(), result.ptr));
}

std::string json_numbers(const std::vector<double>& numbers) {
    std::string text = "[";
    for (const double number : numbers) {
        text += (text.size() > 1 ? ", " : "") + json_number(number);
    }
    return text + "]";
}

std::string json_message(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    std::string text = "{";
    for (const FieldDescriptor* field : fields) {
        text += (text.size() > 1 ? ", " : "") + quoted(field->json_name()) + ": " + json_field(message, field);
    }
    return text + "}";
}

}  // namespace conformance
