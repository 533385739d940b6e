# What ./build.sh bundle and bundle-tests pack. All programs and modules go to bin/, because modules are looked for
# beside the program; their shared libraries go to lib/.

set(programs)
foreach(program IN ITEMS stemlathe stemlathe-decoder)
    if(TARGET ${program})
        list(APPEND programs ${program})
    endif()
endforeach()
set(test_programs)
foreach(program IN ITEMS 
    kernels_test formats_test jail_breaker fake_decoder host_test demo_test service_test conformance_test stemlathe_bench)
    if(TARGET ${program})
        list(APPEND test_programs ${program})
    endif()
endforeach()
list(TRANSFORM STEMLATHE_ISAS PREPEND stemlathe_cpu_ OUTPUT_VARIABLE cpu_modules)

# DT_RPATH, not DT_RUNPATH: the latter is not searched for the libraries' own needs (libsndfile -> libFLAC).
foreach(target IN LISTS programs test_programs cpu_modules)
    target_link_options(${target} PRIVATE -Wl,--disable-new-dtags)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
endforeach()

foreach(target IN LISTS programs cpu_modules)
    install(TARGETS ${target} RUNTIME_DEPENDENCY_SET product
        RUNTIME DESTINATION bin COMPONENT stemlathe
        LIBRARY DESTINATION bin COMPONENT stemlathe)
endforeach()
foreach(target IN LISTS test_programs)
    install(TARGETS ${target} RUNTIME_DEPENDENCY_SET tests RUNTIME DESTINATION bin COMPONENT tests)
endforeach()
foreach(isa IN LISTS STEMLATHE_ISAS)
    if(TARGET stemlathe_fft_probe_${isa}) # opened by the tests, as the backends are by the product
        install(TARGETS stemlathe_fft_probe_${isa} LIBRARY DESTINATION bin COMPONENT tests)
    endif()
endforeach()
if(STEMLATHE_HAVE_CUDA)
    # RUNPATH here, so that LD_LIBRARY_PATH can name another cuFFT than the toolkit's usual folders.
    target_link_options(stemlathe_cuda PRIVATE -Wl,--enable-new-dtags)
    install(TARGETS stemlathe_cuda RUNTIME_DEPENDENCY_SET product LIBRARY DESTINATION bin COMPONENT stemlathe)
endif()
foreach(file IN ITEMS LICENSE THIRD-PARTY-NOTICES.md README.md)
    install(FILES ${PROJECT_SOURCE_DIR}/${file} DESTINATION . COMPONENT stemlathe)
endforeach()
foreach(font IN ITEMS DejaVuSans.ttf DejaVuSans-Bold.ttf DejaVuSansMono.ttf)
    install(FILES ${STEMLATHE_FONT_FOLDER}/${font} DESTINATION share/fonts COMPONENT stemlathe)
endforeach()

# The C and C++ runtimes stay the target's (Debian 12's age or newer); cuFFT is 280 MB and the driver its own.
set(not_bundled
    PRE_EXCLUDE_REGEXES
        "^ld-linux" "^lib(c|m|dl|pthread|rt|resolv)\\.so" "^lib(stdc\\+\\+|gcc_s)\\.so"
        "^libcuda\\.so" "^libcudart" "^libcufft" "^libnvidia"
    POST_EXCLUDE_REGEXES "/cuda")
install(RUNTIME_DEPENDENCY_SET product ${not_bundled} LIBRARY DESTINATION lib COMPONENT stemlathe)
if(test_programs)
    install(RUNTIME_DEPENDENCY_SET tests ${not_bundled} LIBRARY DESTINATION lib COMPONENT tests)
endif()
