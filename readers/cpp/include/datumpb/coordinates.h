/// \file
/// Coordinates: the numbers of shapes, decoded from the three ways in which files have them (FORMAT.md, section 12).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "datumpb_schema/v1/annotation.pb.h"
#include "datumpb_schema/v1/coordinates.pb.h"

namespace datumpb {

/// Where the numbers of an annotation are, and how many there have to be.
struct Shape {
    const datumpb_schema::v1::Coordinates* coordinates;  ///< Null where the message is absent, which means no numbers.
    std::size_t stride;                                  ///< How many numbers make a point.
    std::optional<std::size_t> count;                    ///< How many numbers; none: any multiple of `stride`.
};

/// Find the numbers of an annotation.
/// \return Nothing where it is of a kind that has none, such as a label or a mask.
std::optional<Shape> shape_of(const datumpb_schema::v1::Annotation& annotation);

/// Decode coordinates.
/// \param message The message.
/// \param stride How many numbers make a point.
/// \param count How many numbers there have to be; none: any multiple of `stride`.
/// \return The numbers, one point behind the other.
/// \throws DamagedFileError The message is not what the format allows.
std::vector<double> decode_coordinates(const datumpb_schema::v1::Coordinates& message, std::size_t stride,
                                       std::optional<std::size_t> count = std::nullopt);

/// Decode the numbers of an annotation: of a Polygon x0, y0, x1, y1, ...; of a Bbox x, y, width, height; and so on, as
/// the schema says.
/// \return The numbers; empty where the annotation is of a kind that has none.
/// \throws DamagedFileError They are not what the format allows.
std::vector<double> coordinates_of(const datumpb_schema::v1::Annotation& annotation);

}  // namespace datumpb
