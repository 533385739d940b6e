#include "service/store/database.hpp"

#include "kernels/base/assert.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::service {

Value value_of(std::optional<std::string> text) {
    return text ? Value{*std::move(text)} : Value{nullptr};
}

Value value_of(std::optional<std::int64_t> number) {
    return number ? Value{*number} : Value{nullptr};
}

Row::Row(Names names, std::vector<Value> values)
    : names_(std::move(names)), values_(std::move(values)) {
    STEMLATHE_ASSERT(names_ != nullptr && names_->size() == values_.size());
}

Value const& Row::value(std::string_view column) const {
    auto const found = std::ranges::find(*names_, column);
    STEMLATHE_ASSERT(found != names_->end());
    return values_[static_cast<std::size_t>(found - names_->begin())];
}

std::int64_t Row::integer(std::string_view column) const {
    auto const* const number = std::get_if<std::int64_t>(&value(column));
    STEMLATHE_ASSERT(number != nullptr);
    return *number;
}

std::string const& Row::text(std::string_view column) const {
    auto const* const words = std::get_if<std::string>(&value(column));
    STEMLATHE_ASSERT(words != nullptr);
    return *words;
}

std::optional<std::int64_t> Row::maybe_integer(std::string_view column) const {
    bool const is_null = std::holds_alternative<std::nullptr_t>(value(column));
    return is_null ? std::nullopt : std::optional{integer(column)};
}

std::optional<std::string> Row::maybe_text(std::string_view column) const {
    bool const is_null = std::holds_alternative<std::nullptr_t>(value(column));
    return is_null ? std::nullopt : std::optional{text(column)};
}

Rows::Rows(std::vector<std::string> names, std::vector<std::vector<Value>> rows) {
    auto const shared = std::make_shared<std::vector<std::string> const>(std::move(names));
    rows_.reserve(rows.size());
    for (auto& values : rows) {
        rows_.emplace_back(shared, std::move(values));
    }
}

Row const& Rows::front() const& {
    STEMLATHE_ASSERT(!rows_.empty());
    return rows_.front();
}

Row Rows::front() && {
    STEMLATHE_ASSERT(!rows_.empty());
    return std::move(rows_.front());
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.begin();
}

Transaction::~Transaction() {
    if (is_open_) {
        database_.roll_back();
    }
}

void Transaction::commit() {
    STEMLATHE_ASSERT(is_open_);
    database_.commit(); // where it throws, the destructor rolls back
    ++database_.commits_;
    is_open_ = false;
}

} // namespace stemlathe::service
