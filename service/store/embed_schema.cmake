# cmake -DOUTPUT=schema.cpp -DFILES="0001_initial.sql|..." -P embed_schema.cmake: numbered SQL files, named by their
# whole paths, as string literals, so that the program needs no file beside it.
#
# A line "-- needs 0015: why" says that programs which know fewer files cannot work once this one was run. Without it
# they can. Up to 0010 programs refused every file that they did not know.
set(every_file_needed_to 10)
string(REPLACE "|" ";" files "${FILES}")
set(rows "")
set(number 0)
foreach(path IN LISTS files)
    math(EXPR number "${number} + 1")
    get_filename_component(file "${path}" NAME)
    string(REGEX MATCH "^[0-9]+" named "${file}")
    string(REGEX REPLACE "^0+" "" named "${named}")
    if(NOT named EQUAL number)
        message(FATAL_ERROR "schema files are numbered without gaps; ${file} should be number ${number}")
    endif()
    file(READ "${path}" sql)
    set(needs 0)
    if(number LESS_EQUAL every_file_needed_to)
        set(needs ${number})
    elseif(sql MATCHES "(^|\n)-- needs 0*([0-9]+): [^\n]+")
        set(needs ${CMAKE_MATCH_2})
        if(needs GREATER number OR needs LESS_EQUAL every_file_needed_to)
            message(FATAL_ERROR "${file} needs ${needs}; it can need itself (${number}), or one after ${every_file_needed_to}")
        endif()
    elseif(sql MATCHES "(^|\n)-- needs")
        message(FATAL_ERROR "${file}: a file says what it needs as \"-- needs 0015: why\"")
    endif()
    string(APPEND rows "    SchemaFile{.number = ${number}, .name = \"${file}\", .sql = R\"sql(${sql})sql\", .needs = ${needs}},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"service/store/migrate.hpp\"\n\n#include <array>\n\n"
    "namespace stemlathe::service {\n\nnamespace {\n\nconstexpr std::array kFiles{\n${rows}};\n\n} // namespace\n\n"
    "std::span<SchemaFile const> schema_files() noexcept {\n    return kFiles;\n}\n\n} // namespace stemlathe::service\n")
