# stemlathe_precompile(target [header...]): with STEMLATHE_PRECOMPILE, the headers that nearly every file of the target
# reads, and those named, are read once. For the sanitizers' builds; the others find forgotten includes.
function(stemlathe_precompile target)
    if(STEMLATHE_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE
            <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span>
            <string> <string_view> <vector> ${ARGN})
    endif()
endfunction()
