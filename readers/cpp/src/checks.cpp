// Items and metadata, checked.

#include "datumpb/checks.h"

#include <algorithm>
#include <unordered_set>

#include "datumpb/coordinates.h"
#include "datumpb/errors.h"
#include "values.h"

namespace datumpb {
namespace {

namespace schema = ::datumpb_schema::v1;
using internal::check_attributes;
using internal::check_value;

constexpr std::uint32_t kMaxByte = 255;

void require(bool kept, const char* message) {
    if (!kept) {
        throw DamagedFileError(message);
    }
}

void check_video(const schema::Video& video) { require(!video.has_step() || video.step() > 0, "a video has step 0"); }

void check_points(const schema::Points& points) {
    const auto& visibility = points.visibility();
    require(std::all_of(visibility.begin(), visibility.end(), [](std::uint32_t number) { return number <= kMaxByte; }),
            "visibility is beyond 255");
    if (visibility.empty()) {
        return;
    }
    const auto size = static_cast<std::size_t>(visibility.size());
    require(decode_coordinates(points.points(), 2).size() == 2 * size, "visibility is not a number for each point");
}

void check_annotation(const schema::Annotation& annotation) {
    if (annotation.kind_case() == schema::Annotation::KIND_NOT_SET) {
        return;
    }
    check_attributes(annotation.attributes());
    if (annotation.has_points()) {
        check_points(annotation.points());
    } else if (annotation.has_feature_vector()) {
        const schema::FeatureVector& vector = annotation.feature_vector();
        require(vector.f32().empty() || vector.f64().empty(), "a feature vector is written in two ways at once");
    } else if (annotation.has_tabular()) {
        check_attributes(annotation.tabular().values());
    }
}

void check_labels(const schema::LabelCategories& labels) {
    for (const schema::LabelCategory& label : labels.labels()) {
        check_attributes(label.infos());
    }
}

void check_colors(const schema::MaskCategories& masks) {
    std::unordered_set<std::uint32_t> seen;
    for (const schema::LabelColor& color : masks.colors()) {
        require(std::max({color.red(), color.green(), color.blue()}) <= kMaxByte, "a colour is beyond 255");
        require(seen.insert(color.label()).second, "a label has two colours");
    }
}

void check_keypoints(const schema::PointsCategories& points) {
    std::unordered_set<std::uint32_t> seen;
    for (const schema::PointsCategory& category : points.items()) {
        require(seen.insert(category.label()).second, "the keypoints of a label are given twice");
        decode_coordinates(category.positions(), 2);
    }
}

}  // namespace

void check_item(const schema::Item& item) {
    require(!item.id().empty(), "an item has no id");
    check_attributes(item.attributes());
    check_video(item.media().video());
    check_video(item.media().video_frame().video());
    for (const schema::Annotation& annotation : item.annotations()) {
        check_annotation(annotation);
    }
}

void check_meta(const schema::Meta& meta) {
    require(!meta.subset().empty(), "META: the subset has no name");
    check_attributes(meta.infos());
    check_labels(meta.categories().labels());
    check_colors(meta.categories().masks());
    check_keypoints(meta.categories().points());
    for (const schema::TabularCategory& column : meta.categories().tabular().items()) {
        for (const schema::Value& label : column.labels()) {
            check_value(label);
        }
    }
}

}  // namespace datumpb
