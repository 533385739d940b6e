#include "service/executor/order.hpp"

#include "kernels/base/failure.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <exception>

namespace stemlathe::service {

namespace {

boost::json::value number_or_null(std::optional<double> number) {
    return number ? boost::json::value(*number) : boost::json::value{};
}

std::optional<double> maybe_number(boost::json::value const& value) {
    return value.is_null() ? std::nullopt : std::optional{value.to_number<double>()};
}

std::string text_of(boost::json::value const& value) {
    return std::string{value.as_string()};
}

Order read(boost::json::object const& message) {
    Order order{
        .job = text_of(message.at("job")),
        .kind = text_of(message.at("kind")),
        .folder = text_of(message.at("folder")),
        .out = text_of(message.at("out")),
        .scratch = text_of(message.at("scratch")),
        .plan = boost::json::serialize(message.at("plan")),
        .from_s = maybe_number(message.at("from_s")),
        .to_s = maybe_number(message.at("to_s")),
        .apply_comments = message.at("apply_comments").as_bool(),
        .source = text_of(message.at("source"))};
    for (auto const& name : message.at("deliveries").as_array()) {
        order.deliveries.push_back(text_of(name));
    }
    return order;
}

} // namespace

boost::json::object to_json(Order const& order) {
    return {
        {"job", order.job},
        {"kind", order.kind},
        {"folder", order.folder.string()},
        {"out", order.out.string()},
        {"scratch", order.scratch.string()},
        {"plan", boost::json::parse(order.plan)},
        {"deliveries", boost::json::array(order.deliveries.begin(), order.deliveries.end())},
        {"from_s", number_or_null(order.from_s)},
        {"to_s", number_or_null(order.to_s)},
        {"apply_comments", order.apply_comments},
        {"source", order.source}};
}

Order order_of(boost::json::object const& message) {
    try {
        return read(message);
    } catch (std::exception const& error) {
        throw Failure{
            Code::internal, std::string{"a message to the executor is no order: "} + error.what()};
    }
}

} // namespace stemlathe::service
