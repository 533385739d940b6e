#pragma once

namespace stemlathe::test {

/// How much is killed, and when.
struct KillPlan {
    int kills = 0;          ///< of workers
    int database_kills = 0; ///< spread over those
    double song_s = 0.0;    ///< of what is mastered
    int pause_most_ms = 0;  ///< between two kills; at least a fifth of it
};

/// Two services and four workers on one PostgreSQL, a client who orders all the time: workers are
/// killed at random in whatever they are at, and the database in between. Expects that every order
/// that was accepted has one result, of the same bytes. Prints what it came to.
void kill_at_random(KillPlan const& plan);

} // namespace stemlathe::test
