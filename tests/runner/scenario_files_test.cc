#include "runner/scenario_files.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/result/temp_folder.h"

namespace tcplab {
namespace {

using Names = std::vector<std::string>;

TEST(ScenarioFiles, AFolderGivesTheScenariosInAndBelowItByName) {
  const TempFolder folder;
  folder.Write("b.json", "{}");
  folder.Write("a/z.json", "{}");
  folder.Write("scenario.schema.json", "{}");
  folder.Write("README.md", "");
  folder.Write(".hidden.json", "{}");
  const Result<Names> files = FindScenarioFiles(Names{folder.path()});
  ASSERT_TRUE(files);
  EXPECT_EQ(*files, (Names{folder / "a/z.json", folder / "b.json"}));
}

TEST(ScenarioFiles, AFileIsTakenAsItIsNamed) {
  const TempFolder folder;
  const std::string odd = folder.Write("no-ending", "{}");
  const Result<Names> files = FindScenarioFiles(Names{odd});
  ASSERT_TRUE(files);
  EXPECT_EQ(*files, Names{odd});
}

TEST(ScenarioFiles, AnEmptyFolderIsInvalid) {
  const TempFolder folder;
  const Result<Names> files = FindScenarioFiles(Names{folder.path()});
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(files.error().message, folder.path() + ": holds no scenario (*.json)");
}

TEST(ScenarioFiles, ANameThatIsNotThereMayHaveBeenMeantAsACommand) {
  EXPECT_EQ(FindScenarioFiles(Names{"there-is-no/such.json"}).error().message,
            "there-is-no/such.json: there is no such file or folder");
  EXPECT_EQ(
      FindScenarioFiles(Names{"valdiate"}).error().message,
      "valdiate: there is no such file or folder; did you mean the command `runner validate`?");
}

}  // namespace
}  // namespace tcplab
