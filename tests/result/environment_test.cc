#include "core/result/environment.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario/when.h"
#include "tests/result/temp_folder.h"

namespace tcplab {
namespace {

using nlohmann::json;

// A machine whose /proc, /sys and /etc are files of the test.
class FakeMachine {
 public:
  FakeMachine() {
    machine_.root = folder_.path();
    machine_.system = "Linux";
    machine_.kernel = "6.18.44-custom";
    machine_.arch = "x86_64";
    machine_.cpu_count = 2;
    machine_.descriptor_limit = 1024;
  }

  FakeMachine& File(const std::string& path, const std::string& text) {
    folder_.Write(path, text);
    return *this;
  }
  FakeMachine& Kernel(const std::string& kernel) {
    machine_.kernel = kernel;
    return *this;
  }
  Machine& machine() { return machine_; }
  [[nodiscard]] Environment Read() const { return ReadEnvironment(machine_, "1.44.2"); }
  [[nodiscard]] json Facet(const char* name) const { return Read().facets.at(name); }

 private:
  TempFolder folder_;
  Machine machine_;
};

TEST(Environment, IdNamesStackKernelWithoutPatchLevelAndArchitecture) {
  const Environment environment = FakeMachine().Read();
  EXPECT_EQ(environment.id, "linux-6.18-x86_64");
  EXPECT_EQ(environment.os, "linux");
  EXPECT_EQ(environment.stack, "linux");
  EXPECT_FALSE(environment.is_process);
  EXPECT_EQ(FakeMachine().Kernel("7-rc1").Read().id, "linux-7-x86_64");
  EXPECT_EQ(FakeMachine().Kernel("5.10.").Read().id, "linux-5.10-x86_64");
}

TEST(Environment, IdIsFitForTheNameOfAFolder) {
  FakeMachine fake;
  fake.machine().system = "Some/Thing Odd";
  fake.machine().arch = "../x";
  EXPECT_EQ(fake.Read().id, "some_thing_odd-6.18-.._x");
}

TEST(Environment, SettingsAreReadAsNumbersListsAndWords) {
  FakeMachine fake;
  fake.File("proc/sys/net/core/somaxconn", "4096\n")
      .File("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n")
      .File("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n")
      .File("proc/sys/net/ipv4/tcp_congestion_control", "cubic\n")
      .File("proc/sys/net/ipv4/tcp_syncookies", "2\n")
      .File("sys/class/net/lo/mtu", "65536\n")
      .File("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  const json facets = fake.Read().facets;
  EXPECT_EQ(facets.at("somaxconn"), 4096);
  EXPECT_EQ(facets.at("tcp_rmem"), json({4096, 131072, 6291456}));
  EXPECT_EQ(facets.at("ip_local_port_range"), json({32768, 60999}));
  EXPECT_EQ(facets.at("congestion_control"), "cubic");
  EXPECT_EQ(facets.at("tcp_syncookies"), 2);
  EXPECT_EQ(facets.at("loopback_mtu"), 65536);
  EXPECT_EQ(facets.at("os_release"), "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(facets.at("kernel"), "6.18.44-custom");
  EXPECT_EQ(facets.at("cpu_count"), 2);
  EXPECT_EQ(facets.at("descriptor_limit"), 1024);
  EXPECT_EQ(facets.at("libuv"), "1.44.2");
}

TEST(Environment, WhatNobodyTellsIsUnknownAndNeverLeftOut) {
  Machine nothing;
  nothing.root = "/there/is/no/such/root";
  const Environment environment = ReadEnvironment(nothing, "");
  EXPECT_EQ(environment.id, "unknown-unknown-unknown");
  for (const char* name : {"os",
                           "os_release",
                           "kernel",
                           "arch",
                           "cpu_count",
                           "libuv",
                           "somaxconn",
                           "tcp_syncookies",
                           "tcp_abort_on_overflow",
                           "tcp_syn_retries",
                           "tcp_syn_linear_timeouts",
                           "tcp_rmem",
                           "tcp_wmem",
                           "tcp_autocorking",
                           "ip_local_port_range",
                           "congestion_control",
                           "loopback_mtu",
                           "descriptor_limit",
                           "container",
                           "vm"}) {
    ASSERT_TRUE(environment.facets.contains(name)) << name;
    EXPECT_EQ(environment.facets.at(name), "unknown") << name;
  }
}

// What an expectation's "when" may name is what there is: here, or by a name with dots on a BSD.
TEST(Environment, FacetsAreThoseThatTheLanguageKnows) {
  std::set<std::string> names;
  const json facets = FakeMachine().Read().facets;
  for (const auto& [name, value] : facets.items()) names.insert(name);
  std::set<std::string> known;
  for (const std::string_view name : internal::FacetNames()) {
    const bool of_bsd = name.find('.') != std::string_view::npos;
    if (!of_bsd || names.contains(std::string(name))) known.emplace(name);
  }
  EXPECT_EQ(names, known);
}

TEST(Environment, ContainersAreKnownByTheirSigns) {
  EXPECT_EQ(FakeMachine().File("proc/1/cgroup", "0::/\n").Facet("container"), "none");
  EXPECT_EQ(FakeMachine().File(".dockerenv", "").Facet("container"),
            json({{"found", "docker"}, {"sign", "/.dockerenv"}}));
  EXPECT_EQ(FakeMachine().File("run/.containerenv", "").Facet("container"),
            json({{"found", "podman"}, {"sign", "/run/.containerenv"}}));
  EXPECT_EQ(FakeMachine().File("proc/1/cgroup", "1:cpu:/kubepods/pod1\n").Facet("container"),
            json({{"found", "kubernetes"}, {"sign", "/proc/1/cgroup"}}));
}

TEST(Environment, VirtualMachinesAreKnownByTheirSigns) {
  EXPECT_EQ(FakeMachine().File("proc/cpuinfo", "flags : fpu vme\n").Facet("vm"), "none");
  EXPECT_EQ(FakeMachine().File("proc/cpuinfo", "flags : fpu hypervisor lm\n").Facet("vm"),
            json({{"found", "hypervisor"}, {"sign", "/proc/cpuinfo flags"}}));
  EXPECT_EQ(FakeMachine().File("sys/class/dmi/id/sys_vendor", "QEMU\n").Facet("vm"),
            json({{"found", "qemu"}, {"sign", "/sys/class/dmi/id"}}));
  EXPECT_EQ(FakeMachine().Kernel("5.15.90.1-microsoft-standard-WSL2").Facet("vm"),
            json({{"found", "wsl2"}, {"sign", "kernel release"}}));
}

TEST(Environment, AnEmulatedStackIsNeverTakenForTheSystemItResembles) {
  FakeMachine gvisor;
  gvisor.Kernel("4.4.0").File("proc/version",
                              "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n");
  EXPECT_EQ(gvisor.Read().stack, "gvisor");
  EXPECT_EQ(gvisor.Read().os, "linux");
  EXPECT_EQ(gvisor.Read().id, "gvisor-4.4-x86_64");

  FakeMachine newer;
  newer.Kernel("4.19.0-gvisor").File("proc/version", "Linux version 4.19.0-gvisor #1 SMP\n");
  EXPECT_EQ(newer.Read().id, "gvisor-4.19-x86_64");

  EXPECT_EQ(FakeMachine().Kernel("4.4.0-19041-Microsoft").Read().stack, "wsl1");
  EXPECT_EQ(FakeMachine().Kernel("5.15.90.1-microsoft-standard-WSL2").Read().stack, "linux");
}

// A Linux of its own, in a process: its TCP is Linux's, its timing is nobody's.
TEST(Environment, AUserModeLinuxIsLinuxAndNotTakenForAMachine) {
  FakeMachine uml;
  uml.Kernel("6.1.99").File("proc/cpuinfo", "vendor_id\t: User Mode Linux\nmodel name\t: UML\n");
  uml.File("sys/class/dmi/id/sys_vendor", "QEMU\n").File(".dockerenv", "");  // of its machine
  EXPECT_EQ(uml.Read().stack, "linux");
  EXPECT_EQ(uml.Read().id, "linux-6.1-x86_64-uml");
  EXPECT_EQ(uml.Facet("vm"), json({{"found", "user-mode-linux"}, {"sign", "/proc/cpuinfo"}}));
  EXPECT_TRUE(uml.Read().is_process);
  EXPECT_EQ(uml.Facet("container"), "none");
}

TEST(Environment, WineIsKnownByTheSystemThatItNames) {
  FakeMachine wine;
  wine.machine().system = "Windows_NT";
  wine.machine().kernel = "10.0.19043";
  wine.machine().wine_host = "Linux";
  EXPECT_EQ(wine.Read().stack, "wine-on-linux");
  EXPECT_EQ(wine.Read().os, "windows");
  EXPECT_EQ(wine.Read().id, "wine-on-linux-10.0-x86_64");
  EXPECT_EQ(wine.Facet("vm").at("found"), "wine");
}

TEST(Environment, EverySignOfAContainerSaysWhereItStands) {
  struct Sign {
    const char* path;
    const char* text;
    const char* found;
  };
  for (const Sign& sign : {Sign{"var/run/secrets/kubernetes.io/x", "", "kubernetes"},
                           Sign{"proc/1/cgroup", "0::/docker/1a2b\n", "docker"},
                           Sign{"proc/1/cgroup", "0::/lxc/web\n", "lxc"},
                           Sign{"run/systemd/container", "systemd-nspawn\n", "systemd-nspawn"},
                           Sign{"proc/1/environ", "container=lxc", "lxc"},
                           Sign{"proc/version", "Linux version 4.19.0-gvisor", "gvisor"}}) {
    const json hint = FakeMachine().File(sign.path, sign.text).Facet("container");
    ASSERT_TRUE(hint.is_object()) << sign.path;
    EXPECT_EQ(hint.at("found"), sign.found) << sign.path;
    EXPECT_TRUE(("/" + std::string(sign.path)).starts_with(hint.at("sign").get<std::string>()))
        << hint;
  }
}

TEST(Environment, BothKindsOfWslAreToldApart) {
  EXPECT_EQ(FakeMachine().Kernel("4.4.0-19041-Microsoft").Facet("vm").at("found"), "wsl1");
  FakeMachine own_kernel;  // that its user built and named
  own_kernel.File("proc/sys/fs/binfmt_misc/WSLInterop", "enabled\n");
  EXPECT_EQ(own_kernel.Facet("vm"),
            json({{"found", "wsl2"}, {"sign", "/proc/sys/fs/binfmt_misc/WSLInterop"}}));
  EXPECT_EQ(own_kernel.Read().stack, "linux");
}

TEST(Environment, ThisMachineHasAName) {
  const Environment environment = ReadEnvironment(ThisMachine(), "1.44.2");
  EXPECT_NE(environment.os, "unknown");
  EXPECT_TRUE(environment.facets.at("cpu_count").is_number());
  EXPECT_TRUE(environment.facets.at("descriptor_limit").is_number());
}

}  // namespace
}  // namespace tcplab
