#pragma once

#include "formats/broadcast_wave.hpp"
#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/source.hpp"

#include <string>

namespace stemlathe {

/// When the music was recorded, yyyy-mm-dd, as far as anybody said: session.toml, else the first
/// stem whose bext has a date, else empty. Never a clock's date.
[[nodiscard]] std::string date_of(Session const& session);

/// The bext chunk of a delivery but for its loudness, which is measured from the finished file.
///  - description: "Artist - Title [profile]"
///  - originator reference: the ISRC, else left to the writer
///  - time reference: where the song begins, from the stems' own (EBU Tech 3285), at the delivered
///    rate; a preview begins later
///  - coding history (EBU R 98): a line for the stems, a line for this file
/// @param title  what the song is called
[[nodiscard]] BroadcastInfo broadcast_info(
    DeliveryPlan const& plan, Session const& session, Window const& window, std::string const& title
);

} // namespace stemlathe
