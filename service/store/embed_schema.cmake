# cmake -DOUTPUT=schema.cpp -DFILES="0001_initial.sql|..." -DFOLDER=... -P embed_schema.cmake: the numbered SQL files as
# string literals, so that the program needs no file beside it.
string(REPLACE "|" ";" files "${FILES}")
set(rows "")
set(number 0)
foreach(file IN LISTS files)
    math(EXPR number "${number} + 1")
    string(REGEX MATCH "^[0-9]+" named "${file}")
    string(REGEX REPLACE "^0+" "" named "${named}")
    if(NOT named EQUAL number)
        message(FATAL_ERROR "schema files are numbered without gaps; ${file} should be number ${number}")
    endif()
    file(READ "${FOLDER}/${file}" sql)
    string(APPEND rows "    SchemaFile{.number = ${number}, .name = \"${file}\", .sql = R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"service/store/migrate.hpp\"\n\n#include <array>\n\n"
    "namespace stemlathe::service {\n\nnamespace {\n\nconstexpr std::array kFiles{\n${rows}};\n\n} // namespace\n\n"
    "std::span<SchemaFile const> schema_files() noexcept {\n    return kFiles;\n}\n\n} // namespace stemlathe::service\n")
