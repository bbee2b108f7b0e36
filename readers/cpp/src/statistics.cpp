// Statistics, counted anew.

#include "statistics.h"

#include <algorithm>

namespace datumpb::internal {

namespace schema = ::datumpb_schema::v1;

void Statistics::add(const schema::Item& item) {
    for (const schema::Annotation& annotation : item.annotations()) {
        ++count_;
        ++types_[annotation.kind_case()];  // a type's number is that of its field; 0 where there is none
        if (annotation.has_label_index()) {
            ++labels_[annotation.label_index()];
        } else {
            ++unlabelled_;
        }
    }
}

bool Statistics::match(const schema::Statistics& statistics) const {
    const bool types_match =
        types_.count(schema::Annotation::KIND_NOT_SET) > 0 ||
        std::equal(types_.begin(), types_.end(), statistics.types().begin(), statistics.types().end(),
                   [](const auto& ours, const schema::TypeCount& theirs) {
                       return ours.first == static_cast<int>(theirs.type()) && ours.second == theirs.count();
                   });
    const bool labels_match =
        std::equal(labels_.begin(), labels_.end(), statistics.labels().begin(), statistics.labels().end(),
                   [](const auto& ours, const schema::LabelCount& theirs) {
                       return ours.first == theirs.label_index() && ours.second == theirs.count();
                   });
    return types_match && labels_match && count_ == statistics.annotation_count() &&
           unlabelled_ == statistics.unlabelled_count();
}

}  // namespace datumpb::internal
