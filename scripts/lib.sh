# Shared by scripts/demo and scripts/test: finds or installs what a build needs. Progress goes to stderr.

say() { printf '%s\n' "$*" >&2; }

# Packages of Debian and Ubuntu: llama.cpp needs a C++ compiler, cmake and libclang; the demo's weights come by pip.
packages=()
want() { # want COMMAND PACKAGE...
    command -v "$1" >/dev/null 2>&1 || packages+=("${@:2}")
}

missing_packages() {
    packages=()
    want cmake cmake
    want c++ build-essential
    want make build-essential
    want pkg-config pkg-config
    if ! command -v clang >/dev/null 2>&1 && ! ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1; then
        packages+=(clang libclang-dev)
    fi
    python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
}

install_packages() {
    missing_packages
    [ "${#packages[@]}" -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root=(sudo)
        else
            say "These packages are missing. Install them and run this again:"
            say "  sudo apt-get update && sudo apt-get install -y ${packages[*]}"
            exit 1
        fi
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        say "These are missing, and there is no apt-get to install them with: ${packages[*]}"
        exit 1
    fi
    say "Installing ${packages[*]} …"
    "${as_root[@]}" apt-get update -qq >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >&2
}

need_cargo() {
    command -v cargo >/dev/null 2>&1 || [ ! -r "$HOME/.cargo/env" ] || . "$HOME/.cargo/env"
    command -v cargo >/dev/null 2>&1 && return 0
    say "There is no cargo. Install Rust (https://rustup.rs) and run this again:"
    say "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    exit 1
}

set_up() {
    need_cargo
    install_packages
}
