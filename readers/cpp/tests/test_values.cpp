// Values: FORMAT.md sections 11 and 13.

#include "check.h"
#include "datumpb/checks.h"
#include "datumpb/errors.h"
#include "format_examples.h"

namespace {

using datumpb_schema::v1::Item;
using datumpb_schema::v1::Value;

Item with_value(const Value& value) {
    Item item;
    item.set_id("one");
    *item.add_attributes()->mutable_value() = value;
    return item;
}

bool refused(const Item& item) {
    return check::throws<datumpb::DamagedFileError>([&] { datumpb::check_item(item); });
}

Value big(std::string_view hex) {
    Value value;
    value.set_big_int_value(from_hex(hex));
    return value;
}

Value nested(int depth) {
    Value value;
    Value* innermost = &value;
    for (int level = 0; level < depth; ++level) {
        innermost = level % 2 == 0 ? innermost->mutable_list_value()->add_values()
                                   : innermost->mutable_map_value()->add_entries()->mutable_value();
    }
    innermost->set_bool_value(true);
    return value;
}

}  // namespace

TEST(big_integers_are_those_that_int64_cannot_hold_in_the_fewest_bytes) {
    CHECK(!refused(with_value(big("008000000000000000"))));
    CHECK(!refused(with_value(big("ff7fffffffffffffff"))));
    CHECK(refused(with_value(big(""))));
    CHECK(refused(with_value(big("7fffffffffffffff"))));
    CHECK(refused(with_value(big("007fffffffffffffff"))));
    CHECK(refused(with_value(big("ff8000000000000000"))));
}

TEST(values_nest_thirty_deep) {
    CHECK(!refused(with_value(nested(30))));
    CHECK(refused(with_value(nested(31))));
}

TEST(a_value_of_a_later_version_is_no_null) {
    const Item item = with_value(Value());
    CHECK(check::throws<datumpb::UnsupportedFileError>([&] { datumpb::check_item(item); }));
}

TEST(keys_are_unique_in_short_and_long_lists) {
    for (const int count : {2, 100}) {
        Item item = with_value(nested(0));
        for (int index = 1; index < count; ++index) {
            *item.add_attributes() = item.attributes(0);
            item.mutable_attributes(index)->set_key("key " + std::to_string(index));
        }
        CHECK(!refused(item));
        item.mutable_attributes(count - 1)->set_key(item.attributes(0).key());
        CHECK(refused(item));
    }
}

TEST(items_that_break_a_rule_are_refused) {
    Item item;
    CHECK(refused(item));
    item.set_id("one");
    CHECK(!refused(item));
    item.mutable_media()->mutable_video_frame()->mutable_video()->set_step(0);
    CHECK(refused(item));
    item.clear_media();
    auto* vector = item.add_annotations()->mutable_feature_vector();
    vector->add_f32(1);
    CHECK(!refused(item));
    vector->add_f64(1);
    CHECK(refused(item));
    auto* points = item.mutable_annotations(0)->mutable_points();
    points->mutable_points()->add_f64(1);
    points->mutable_points()->add_f64(2);
    points->add_visibility(255);
    CHECK(!refused(item));
    points->set_visibility(0, 256);
    CHECK(refused(item));
    points->set_visibility(0, 1);
    points->add_visibility(1);
    CHECK(refused(item));
}

TEST(metadata_that_breaks_a_rule_is_refused) {
    const auto broken = [](const datumpb_schema::v1::Meta& meta) {
        return check::throws<datumpb::DamagedFileError>([&] { datumpb::check_meta(meta); });
    };
    datumpb_schema::v1::Meta meta;
    CHECK(broken(meta));
    meta.set_subset("train");
    CHECK(!broken(meta));
    auto* colors = meta.mutable_categories()->mutable_masks()->mutable_colors();
    colors->Add()->set_red(255);
    CHECK(!broken(meta));
    colors->Add();  // label 0 again
    CHECK(broken(meta));
    colors->at(1).set_label(1);
    colors->at(1).set_blue(256);
    CHECK(broken(meta));
    meta.clear_categories();
    auto* keypoints = meta.mutable_categories()->mutable_points()->mutable_items();
    keypoints->Add()->mutable_positions()->add_f32(1);
    CHECK(broken(meta));
}
