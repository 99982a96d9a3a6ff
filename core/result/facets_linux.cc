// Linux: /proc/sys, /sys, /etc/os-release, and the signs by which containers and virtual machines
// are known.
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "core/result/environment.h"
#include "core/result/facets.h"

namespace tcplab::internal {
namespace {

using nlohmann::json;

// The files of a machine.
class Files {
 public:
  explicit Files(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] bool Has(const char* path) const {
    std::error_code ignored;
    return std::filesystem::exists(root_ / path, ignored);
  }

  // Without the line break at its end; nothing when it cannot be read.
  [[nodiscard]] std::optional<std::string> Read(const char* path) const {
    std::ifstream file(root_ / path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (file.bad()) return std::nullopt;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
  }

  [[nodiscard]] std::string ReadOr(const char* path, std::string otherwise) const {
    return Read(path).value_or(std::move(otherwise));
  }

 private:
  std::filesystem::path root_;
};

// Numbers as numbers, several of them as a list, everything else as it is written.
json FromText(const std::string& text) {
  std::vector<std::int64_t> numbers;
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size()) return text;
    numbers.push_back(number);
  }
  if (numbers.empty()) return kUnknown;
  if (numbers.size() == 1) return numbers.front();
  return numbers;
}

// os-release(5): PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
json OsRelease(const Files& files) {
  for (const char* path : {"etc/os-release", "usr/lib/os-release"}) {
    std::istringstream lines(files.ReadOr(path, ""));
    std::string line;
    while (std::getline(lines, line)) {
      constexpr std::string_view kKey = "PRETTY_NAME=";
      if (!line.starts_with(kKey)) continue;
      std::string name = line.substr(kKey.size());
      if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'')) {
        name = name.substr(1, name.size() - 2);
      }
      if (!name.empty()) return name;
    }
  }
  return kUnknown;
}

// What a file may hold that gives its machine away.
struct Sign {
  const char* path;
  const char* word;  // somewhere in it; empty: that the file is there
  const char* found;
};

// The first sign that is there.
template <std::size_t N>
std::optional<json> FindSign(const Files& files, const std::array<Sign, N>& signs) {
  for (const Sign& sign : signs) {
    const std::string_view word = sign.word;
    const bool there = word.empty() ? files.Has(sign.path)
                                    : files.ReadOr(sign.path, "").find(word) != std::string::npos;
    if (!there) continue;
    return json{{"found", sign.found}, {"sign", "/" + std::string(sign.path)}};
  }
  return std::nullopt;
}

// A hint: what was found, and by which sign.
json Hint(const char* found, const char* sign) { return {{"found", found}, {"sign", sign}}; }

// gVisor says so since it calls itself 4.19.0-gvisor; before, it was known by the date of the
// kernel that it imitates.
constexpr std::array<Sign, 3> kGvisor = {
    {{"proc/version", "gvisor", "gvisor"},
     {"proc/version", "gVisor", "gvisor"},
     {"proc/version", "#1 SMP Sun Jan 10 15:06:54 PST 2016", "gvisor"}}};

// As systemd-detect-virt(1) knows it. The second is what older kernels say.
constexpr std::array<Sign, 2> kUserModeLinux = {
    {{"proc/cpuinfo", "User Mode Linux", "user-mode-linux"},
     {"proc/cpuinfo", "model name\t: UML", "user-mode-linux"}}};

constexpr std::array<Sign, 12> kContainers = {{
    {".dockerenv", "", "docker"},
    {"run/.containerenv", "", "podman"},
    {"var/run/secrets/kubernetes.io", "", "kubernetes"},
    {"proc/1/cgroup", "kubepods", "kubernetes"},
    {"proc/1/cgroup", "docker", "docker"},
    {"proc/1/cgroup", "lxc", "lxc"},
    {"proc/1/cgroup", "libpod", "podman"},
    {"run/systemd/container", "systemd-nspawn", "systemd-nspawn"},
    {"run/systemd/container", "lxc", "lxc"},
    {"proc/1/environ", "container=lxc", "lxc"},
    {"proc/1/environ", "container=systemd-nspawn", "systemd-nspawn"},
    {"proc/1/environ", "container=", "unknown container"},
}};

// "none" is only as good as these signs.
json ContainerHint(const Files& files) {
  if (auto gvisor = FindSign(files, kGvisor)) return *gvisor;
  // Its files are mostly those of the machine that it runs on, and so would be the signs in them.
  if (FindSign(files, kUserModeLinux)) return "none";
  if (auto container = FindSign(files, kContainers)) return *container;
  return files.Read("proc/1/cgroup") ? json("none") : json(kUnknown);
}

// The names that hypervisors give the machines they make (as systemd-detect-virt(1) reads them).
std::optional<json> VmByDmi(const Files& files) {
  constexpr std::array<std::pair<const char*, const char*>, 10> kVendors = {{
      {"QEMU", "qemu"},
      {"KVM", "kvm"},
      {"VMware", "vmware"},
      {"innotek GmbH", "virtualbox"},
      {"VirtualBox", "virtualbox"},
      {"Xen", "xen"},
      {"Amazon EC2", "amazon-ec2"},
      {"Google Compute Engine", "google-compute-engine"},
      {"Parallels", "parallels"},
      {"Microsoft Corporation Virtual Machine", "hyper-v"},
  }};
  const std::string vendor = files.ReadOr("sys/class/dmi/id/sys_vendor", "") + " " +
                             files.ReadOr("sys/class/dmi/id/product_name", "");
  for (const auto& [word, name] : kVendors) {
    if (vendor.find(word) != std::string::npos) return Hint(name, "/sys/class/dmi/id");
  }
  return std::nullopt;
}

// The first Windows Subsystem for Linux translates system calls for the Windows kernel
// ("4.4.0-19041-Microsoft"); the second is a Linux kernel in a virtual machine
// ("5.15.90.1-microsoft-standard-WSL2", or one that its user built, which still finds WSL's own
// files).
bool IsWsl1(const std::string& kernel) { return kernel.ends_with("-Microsoft"); }

std::optional<json> WslHint(const Files& files, const std::string& kernel) {
  constexpr std::array<Sign, 2> kWsl2 = {
      {{"proc/sys/fs/binfmt_misc/WSLInterop", "", "wsl2"}, {"run/WSL", "", "wsl2"}}};
  if (IsWsl1(kernel)) return Hint("wsl1", "kernel release");
  if (kernel.find("WSL2") != std::string::npos) return Hint("wsl2", "kernel release");
  return FindSign(files, kWsl2);
}

json VmHint(const Files& files, const std::string& kernel) {
  constexpr std::array<Sign, 3> kOthers = {
      {{"sys/hypervisor/type", "xen", "xen"},
       {"proc/device-tree/hypervisor/compatible", "linux,kvm", "kvm"},
       {"proc/sysinfo", "VM00", "z/vm"}}};
  // A process of a machine whose own signs it can also see, so first.
  if (auto uml = FindSign(files, kUserModeLinux)) return *uml;
  if (auto wsl = WslHint(files, kernel)) return *wsl;
  if (auto by_dmi = VmByDmi(files)) return *by_dmi;
  if (auto other = FindSign(files, kOthers)) return *other;
  const auto cpus = files.Read("proc/cpuinfo");
  if (!cpus) return kUnknown;
  if (cpus->find(" hypervisor") != std::string::npos) {
    return Hint("hypervisor", "/proc/cpuinfo flags");
  }
  return "none";
}

}  // namespace

json ReadFacets(const Machine& machine) {
  const Files files(machine.root);
  constexpr std::array<std::pair<const char*, const char*>, 11> kPaths = {{
      {"somaxconn", "proc/sys/net/core/somaxconn"},
      {"tcp_syncookies", "proc/sys/net/ipv4/tcp_syncookies"},
      {"tcp_abort_on_overflow", "proc/sys/net/ipv4/tcp_abort_on_overflow"},
      {"tcp_syn_retries", "proc/sys/net/ipv4/tcp_syn_retries"},
      {"tcp_syn_linear_timeouts", "proc/sys/net/ipv4/tcp_syn_linear_timeouts"},
      {"tcp_rmem", "proc/sys/net/ipv4/tcp_rmem"},
      {"tcp_wmem", "proc/sys/net/ipv4/tcp_wmem"},
      {"tcp_autocorking", "proc/sys/net/ipv4/tcp_autocorking"},
      {"ip_local_port_range", "proc/sys/net/ipv4/ip_local_port_range"},
      {"congestion_control", "proc/sys/net/ipv4/tcp_congestion_control"},
      {"loopback_mtu", "sys/class/net/lo/mtu"},
  }};
  json facets = json::object();
  for (const auto& [name, path] : kPaths) facets[name] = FromText(files.ReadOr(path, ""));
  facets["os_release"] = OsRelease(files);
  facets["container"] = ContainerHint(files);
  facets["vm"] = VmHint(files, machine.kernel);
  return facets;
}

std::string EmulatedStack(const Machine& machine) {
  if (FindSign(Files(machine.root), kGvisor)) return "gvisor";
  return IsWsl1(machine.kernel) ? "wsl1" : "";
}

std::string KernelAsProcess(const Machine& machine) {
  return FindSign(Files(machine.root), kUserModeLinux) ? "uml" : "";
}

}  // namespace tcplab::internal
