#include "kernels/base/kaiser.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe {

double kaiser_window(double place, double beta) {
    double const inside = std::max(0.0, 1.0 - place * place);
    return std::cyl_bessel_i(0.0, beta * std::sqrt(inside)) / std::cyl_bessel_i(0.0, beta);
}

} // namespace stemlathe
