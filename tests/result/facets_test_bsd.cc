// The facets of macOS and FreeBSD, with variables of the test's own.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/result/environment.h"
#include "core/result/facets_bsd.h"
#include "core/scenario/when.h"

namespace tcplab {
namespace {

using nlohmann::json;

template <typename T>
std::string Bytes(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

class FakeSysctl {
 public:
  FakeSysctl& Is(const std::string& name, std::int32_t value) {
    variables_[name] = Bytes(value);
    return *this;
  }
  FakeSysctl& IsLong(const std::string& name, std::int64_t value) {
    variables_[name] = Bytes(value);
    return *this;
  }
  FakeSysctl& IsText(const std::string& name, const std::string& text) {
    variables_[name] = text + '\0';
    return *this;
  }
  [[nodiscard]] json Facets(std::optional<std::int64_t> mtu = std::nullopt) const {
    Machine machine;
    machine.system = "FreeBSD";
    machine.kernel = "14.1-RELEASE";
    const auto read = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    return internal::FacetsBySysctl(machine, read, mtu);
  }

 private:
  std::map<std::string, std::string> variables_;
};

TEST(FacetsBsd, NumbersAndTextsAreReadByTheirNames) {
  const json facets = FakeSysctl()
                          .Is("kern.ipc.soacceptqueue", 128)
                          .Is("kern.ipc.somaxconn", 256)
                          .IsLong("kern.ipc.maxsockbuf", 8'388'608)
                          .Is("net.inet.tcp.syncookies", 1)
                          .IsText("net.inet.tcp.cc.algorithm", "newreno")  // 8 bytes, as a long
                          .IsText("net.inet.tcp.functions_default", "freebsd")
                          .Is("net.inet.ip.portrange.first", 10000)
                          .Is("net.inet.ip.portrange.last", 65535)
                          .Facets(16384);
  EXPECT_EQ(facets.at("somaxconn"), 128);
  EXPECT_EQ(facets.at("kern.ipc.somaxconn"), 256);
  EXPECT_EQ(facets.at("kern.ipc.maxsockbuf"), 8'388'608);
  EXPECT_EQ(facets.at("tcp_syncookies"), 1);
  EXPECT_EQ(facets.at("congestion_control"), "newreno");
  EXPECT_EQ(facets.at("net.inet.tcp.functions_default"), "freebsd");
  EXPECT_EQ(facets.at("ip_local_port_range"), json({10000, 65535}));
  EXPECT_EQ(facets.at("loopback_mtu"), 16384);
  EXPECT_EQ(facets.at("os_release"), "FreeBSD 14.1-RELEASE");
}

TEST(FacetsBsd, QueueLimitOfASystemWithTheOlderNameAlone) {
  EXPECT_EQ(FakeSysctl().Is("kern.ipc.somaxconn", 128).Facets().at("somaxconn"), 128);
}

TEST(FacetsBsd, MacosSaysWhichItIs) {
  EXPECT_EQ(FakeSysctl().IsText("kern.osproductversion", "15.4").Facets().at("os_release"),
            "macOS 15.4");
}

TEST(FacetsBsd, VirtualMachinesAndJailsAreKnownByTheirSigns) {
  EXPECT_EQ(FakeSysctl().IsText("kern.vm_guest", "none").Facets().at("vm"), "none");
  EXPECT_EQ(FakeSysctl().IsText("kern.vm_guest", "bhyve").Facets().at("vm"),
            json({{"found", "bhyve"}, {"sign", "kern.vm_guest"}}));
  EXPECT_EQ(FakeSysctl().Is("kern.hv_vmm_present", 0).Facets().at("vm"), "none");
  EXPECT_EQ(FakeSysctl().Is("kern.hv_vmm_present", 1).Facets().at("vm"),
            json({{"found", "hypervisor"}, {"sign", "kern.hv_vmm_present"}}));
  EXPECT_EQ(FakeSysctl().Is("security.jail.jailed", 0).Facets().at("container"), "none");
  EXPECT_EQ(FakeSysctl().Is("security.jail.jailed", 1).Facets().at("container"),
            json({{"found", "jail"}, {"sign", "security.jail.jailed"}}));
}

TEST(FacetsBsd, WhatIsNotThereOrOfAnotherKindIsUnknown) {
  FakeSysctl odd;
  odd.IsText("kern.ipc.somaxconn", "much").IsText("kern.vm_guest", "");
  for (const json& facets : {FakeSysctl().Facets(), odd.Facets()}) {
    for (const auto& [name, value] : facets.items()) {
      if (name == "os_release") continue;
      EXPECT_EQ(value, "unknown") << name;
    }
  }
}

// A `when` may name each of them, and each of them is there.
TEST(FacetsBsd, AreThoseThatTheLanguageKnows) {
  const Environment environment = ReadEnvironment(ThisMachine(), "1.44.2");
  std::set<std::string> names;
  for (const auto& [name, value] : environment.facets.items()) names.insert(name);
  const auto known = internal::FacetNames();
  EXPECT_EQ(names, std::set<std::string>(known.begin(), known.end()));
}

}  // namespace
}  // namespace tcplab
