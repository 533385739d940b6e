#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace stemlathe {

/// `text` in the letters that every plant, shop and file system takes: A-Z a-z 0-9 - and _; words
/// are joined with capitals ("Night drive" -> "NightDrive"), accents dropped, at most 40 letters.
[[nodiscard]] std::string file_safe(std::string_view text);

/// The title, else the session folder's name.
[[nodiscard]] std::string song_name(Session const& session);

/// "masters/cd/Artist_Title_cd_44k16.wav", relative to OUT, or as the plan's file_name has it.
/// Without a title the session folder's name stands for it. `extra` is the stem's or the
/// version's name: what the pattern has {stem} for, else {version}; without either it goes last.
[[nodiscard]] std::filesystem::path
delivery_path(DeliveryPlan const& plan, Session const& session, std::string_view extra = {});

} // namespace stemlathe
