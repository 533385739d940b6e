# Makes a source file of openapi.json, in pieces that compilers take.
file(READ ${FROM} text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces "\n    R\"openapi(${piece})openapi\"")
    math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${TO} "#include \"service/api/openapi.hpp\"\n\nnamespace stemlathe::service {\n\n"
    "std::string_view openapi_json() noexcept {\n    return${pieces};\n}\n\n} // namespace stemlathe::service\n")
