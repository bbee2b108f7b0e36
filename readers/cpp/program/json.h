// JSON of messages, as Protocol Buffers define it, and of decoded numbers.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

namespace conformance {

// Returns text in quotation marks.
std::string json_text(std::string_view text);

// Returns a number in the shortest form that gives it back; NaN and the infinities are texts.
std::string json_number(double number);

// Returns a list of numbers.
std::string json_numbers(const std::vector<double>& numbers);

// Returns a message in protobuf's JSON mapping. The printer of the protobuf library stops at 64 levels, which values
// that nest 30 lists or maps deep exceed.
std::string json_message(const google::protobuf::Message& message);

}  // namespace conformance
