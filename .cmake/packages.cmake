# What ./build.sh packages makes with CPack: stemlathe_VERSION_amd64.deb and, where nvcc was found,
# stemlathe-cuda_VERSION_amd64.deb. Only Debian 12 and what has its libraries can install them.

set(packaging ${PROJECT_SOURCE_DIR}/service/packaging)
set(made ${PROJECT_BINARY_DIR}/packaging)
set(deb_version ${PROJECT_VERSION}-1)
set(STEMLATHE_MAINTAINER "" CACHE STRING "\"Name <address>\" in the packages; empty: who made the packaged commit")

function(_stemlathe_of_commit out format otherwise)
    execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} log -1 --format=${format}
        OUTPUT_VARIABLE text OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        set(text "${otherwise}")
    endif()
    set(${out} "${text}" PARENT_SCOPE)
endfunction()
_stemlathe_of_commit(deb_commit "%H" "unknown")
_stemlathe_of_commit(deb_date "%aD" "Thu, 01 Jan 1970 00:00:00 +0000")
set(deb_maintainer "${STEMLATHE_MAINTAINER}")
if(NOT deb_maintainer)
    _stemlathe_of_commit(deb_maintainer "%an <%ae>" "stemlathe maintainers <root@localhost>")
endif()

# The distribution's libraries, found by the loader alone; the CUDA module keeps its way to toolkits that no package
# installed.

set(core lib/stemlathe)
set_target_properties(stemlathe stemlathe-decoder PROPERTIES INSTALL_RPATH "")
install(TARGETS stemlathe stemlathe-decoder RUNTIME DESTINATION ${core} COMPONENT core)
foreach(isa IN LISTS STEMLATHE_ISAS)
    set_target_properties(stemlathe_cpu_${isa} PROPERTIES INSTALL_RPATH "")
    install(TARGETS stemlathe_cpu_${isa} LIBRARY DESTINATION ${core} COMPONENT core)
endforeach()
# Programs find their modules beside what /proc/self/exe names, which is never a link.
file(MAKE_DIRECTORY ${made}/bin)
file(CREATE_LINK ../lib/stemlathe/stemlathe ${made}/bin/stemlathe SYMBOLIC)
install(FILES ${made}/bin/stemlathe DESTINATION bin COMPONENT core)
install(FILES ${packaging}/systemd/stemlathe-serve.service ${packaging}/systemd/stemlathe-worker.service
    ${packaging}/systemd/stemlathe-scrub.service ${packaging}/systemd/stemlathe-scrub.timer
    DESTINATION /lib/systemd/system COMPONENT core)
install(FILES ${packaging}/stemlathe.toml DESTINATION /etc/stemlathe COMPONENT core)

# stemlathe_documents(package component): what Debian wants to find in /usr/share/doc.
function(stemlathe_documents package component)
    set(folder ${made}/${package})
    set(deb_package ${package})
    configure_file(${packaging}/deb/changelog.in ${folder}/changelog.Debian @ONLY)
    execute_process(COMMAND gzip -9nf ${folder}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
    install(FILES ${folder}/changelog.Debian.gz ${packaging}/deb/copyright
        DESTINATION share/doc/${package} COMPONENT ${component})
    if(EXISTS ${packaging}/deb/${package}.lintian-overrides)
        install(FILES ${packaging}/deb/${package}.lintian-overrides
            DESTINATION share/lintian/overrides RENAME ${package} COMPONENT ${component})
    endif()
endfunction()
stemlathe_documents(stemlathe core)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/THIRD-PARTY-NOTICES.md ${packaging}/OPERATING.md
    DESTINATION share/doc/stemlathe COMPONENT core)
install(DIRECTORY ${packaging}/slurm ${packaging}/kubernetes ${packaging}/container
    DESTINATION share/doc/stemlathe/examples COMPONENT core)
# The manual page is what the program says of itself, so it is never behind it.
add_custom_command(OUTPUT ${made}/stemlathe.1.gz
    COMMAND ${packaging}/deb/manual_page.sh $<TARGET_FILE:stemlathe> ${made}/stemlathe.1.gz
    DEPENDS stemlathe ${packaging}/deb/manual_page.sh VERBATIM)
add_custom_target(stemlathe_manual_page ALL DEPENDS ${made}/stemlathe.1.gz)
install(FILES ${made}/stemlathe.1.gz DESTINATION share/man/man1 COMPONENT core)

set(components core)
if(STEMLATHE_HAVE_CUDA)
    list(APPEND components cuda)
    install(TARGETS stemlathe_cuda LIBRARY DESTINATION ${core} COMPONENT cuda)
    foreach(unit IN ITEMS stemlathe-serve stemlathe-worker)
        install(FILES ${packaging}/systemd/cuda.conf DESTINATION /lib/systemd/system/${unit}.service.d COMPONENT cuda)
    endforeach()
    stemlathe_documents(stemlathe-cuda cuda)
endif()

# The packages hold the components alone, with the names that maintainer scripts must have.
foreach(script IN ITEMS postinst prerm postrm)
    configure_file(${packaging}/deb/${script} ${made}/stemlathe/${script} COPYONLY)
endforeach()
foreach(script IN ITEMS postinst postrm)
    configure_file(${packaging}/deb/cuda-${script} ${made}/stemlathe-cuda/${script} COPYONLY)
endforeach()
file(WRITE ${made}/stemlathe/conffiles "/etc/stemlathe/stemlathe.toml\n")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME stemlathe)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${deb_maintainer}")
set(CPACK_DEBIAN_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(CPACK_DEBIAN_CORE_PACKAGE_NAME stemlathe)
set(CPACK_COMPONENT_CORE_DESCRIPTION "mastering of multitrack stems, on the command line and as a service
Takes a folder of stems and makes every delivery out of it: streaming, CD,
vinyl, broadcast and more, each measured again from disk, with a report that
says what was done and why. The same code serves a mastering house over HTTP:
uploads that go on after a cut, renders in a queue, review, rounds of comments,
approvals and deliveries.
.
Installing it starts nothing. The unit stemlathe-serve listens on 127.0.0.1
until it is told otherwise; stemlathe-worker renders for services elsewhere.")
set(CPACK_DEBIAN_CORE_PACKAGE_DEPENDS "adduser, fonts-dejavu-core")
set(CPACK_DEBIAN_CORE_PACKAGE_RECOMMENDS "ca-certificates, fonts-noto-cjk")
set(CPACK_DEBIAN_CORE_PACKAGE_SUGGESTS "stemlathe-cuda, postgresql")
set(CPACK_DEBIAN_CORE_PACKAGE_CONTROL_EXTRA
    "${made}/stemlathe/postinst;${made}/stemlathe/prerm;${made}/stemlathe/postrm;${made}/stemlathe/conffiles")

set(CPACK_DEBIAN_CUDA_PACKAGE_NAME stemlathe-cuda)
set(CPACK_COMPONENT_CUDA_DESCRIPTION "mastering of multitrack stems on NVIDIA cards
The CUDA module of stemlathe: with it, a driver of 580 or newer and cuFFT 12,
renders run on cards of compute capability 7.5 and up. Where one of these is
missing, stemlathe says so and computes on the processor.
.
cuFFT comes from NVIDIA's own repository of packages or a CUDA 13 toolkit.")
set(CPACK_DEBIAN_CUDA_PACKAGE_SECTION contrib/sound) # of no use without what is not free
# One commit on both sides: the program opens no other module.
set(CPACK_DEBIAN_CUDA_PACKAGE_DEPENDS "stemlathe (= ${deb_version})")
set(CPACK_DEBIAN_CUDA_PACKAGE_RECOMMENDS "libcufft-13-0")
set(CPACK_DEBIAN_CUDA_PACKAGE_SUGGESTS "cuda-drivers (>= 580)")
set(CPACK_DEBIAN_CUDA_PACKAGE_CONTROL_EXTRA
    "${made}/stemlathe-cuda/postinst;${made}/stemlathe-cuda/postrm")
include(CPack)
