#include "core/result/result_path.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace tcplab {
namespace {

TEST(ResultPath, KeepsWhatStandsBelowTheLastFolderCalledScenarios) {
  EXPECT_EQ(PathBelowScenarios("scenarios/backlog.json"), "backlog.json");
  EXPECT_EQ(PathBelowScenarios("scenarios/lecture/backlog.json"), "lecture/backlog.json");
  EXPECT_EQ(PathBelowScenarios("/x/scenarios/y/scenarios/lecture/z.json"), "lecture/z.json");
  EXPECT_EQ(PathBelowScenarios("./scenarios/../scenarios/a/../b/c.json"), "b/c.json");
}

TEST(ResultPath, WithoutSuchAFolderTheFilesNameIsAllThereIs) {
  EXPECT_EQ(PathBelowScenarios("/somewhere/else/backlog.json"), "backlog.json");
  EXPECT_EQ(PathBelowScenarios("/my-scenarios/backlog.json"), "backlog.json");
}

TEST(ResultPath, AlwaysEndsInJson) {
  EXPECT_EQ(PathBelowScenarios("/x/backlog.jsonc"), "backlog.json");
  EXPECT_EQ(PathBelowScenarios("/x/backlog"), "backlog.json");
  EXPECT_EQ(PathBelowScenarios("/dev/stdin"), "stdin.json");
}

TEST(ResultPath, DoesNotDependOnTheCurrentDirectory) {
  const auto before = std::filesystem::current_path();
  const auto folder =
      std::filesystem::temp_directory_path() / "tcplab-cwd" / "scenarios" / "lecture";
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  EXPECT_EQ(PathBelowScenarios("backlog.json"), "lecture/backlog.json");
  EXPECT_EQ(PathBelowScenarios("../backlog.json"), "backlog.json");
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder.parent_path().parent_path());
}

TEST(ResultPath, RecordsStandInAFolderForEachEnvironment) {
  EXPECT_EQ(ResultPath("scenarios/lecture/backlog.json", {"linux-6.1-x86_64", {}, true}),
            "results/linux-6.1-x86_64/lecture/backlog.json");
}

TEST(ResultPath, ExperimentsStandApartSoThatTheyOverwriteNoRecord) {
  EXPECT_EQ(ResultPath("scenarios/backlog.json", {"linux-6.1-x86_64", {}, false}),
            "results/.local/linux-6.1-x86_64/backlog.json");
}

TEST(ResultPath, OutTakesThePlaceOfTheEnvironmentsFolder) {
  EXPECT_EQ(ResultPath("scenarios/lecture/backlog.json", {"linux-6.1-x86_64", "/tmp/o", true}),
            "/tmp/o/lecture/backlog.json");
  EXPECT_EQ(ResultPath("scenarios/backlog.json", {"linux-6.1-x86_64", "o", false}),
            "o/backlog.json");
}

TEST(ResultPath, TracesStandBesideTheirResult) {
  EXPECT_EQ(TracesPath("results/x/lecture/backlog.json"), "results/x/lecture/backlog.traces");
}

}  // namespace
}  // namespace tcplab
