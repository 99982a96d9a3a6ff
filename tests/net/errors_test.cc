#include "core/net/errors.h"

#include <gtest/gtest.h>
#include <uv.h>

#include <cerrno>

namespace tcplab {
namespace {

TEST(Errors, SystemNumbersBecomeNames) {
  EXPECT_EQ(ErrorName(ErrorFromSystem(ECONNREFUSED)), "ECONNREFUSED");
  EXPECT_EQ(ErrorName(ErrorFromSystem(ETIMEDOUT)), "ETIMEDOUT");
  EXPECT_EQ(ErrorName(ErrorFromSystem(EMFILE)), "EMFILE");
  EXPECT_EQ(ErrorName(ErrorFromSystem(EPIPE)), "EPIPE");
}

TEST(Errors, SeveralSpellingsOfOneErrorAreOne) {
  EXPECT_EQ(ErrorName(ErrorFromSystem(EWOULDBLOCK)), "EAGAIN");
}

// libuv has no names for them; every non-blocking connect returns the first, Linux the second for a
// timeout below zero.
TEST(Errors, WhatLibuvHasNoNameForHasAName) {
  EXPECT_EQ(ErrorName(ErrorFromSystem(EINPROGRESS)), "EINPROGRESS");
  EXPECT_EQ(ErrorName(ErrorFromUv(-EINPROGRESS)), "EINPROGRESS");
  EXPECT_EQ(ErrorName(ErrorFromSystem(EDOM)), "EDOM");
}

TEST(Errors, StatusOfLibuvBecomesAName) {
  EXPECT_EQ(ErrorName(ErrorFromUv(UV_EADDRINUSE)), "EADDRINUSE");
  EXPECT_EQ(ErrorFromUv(0), ErrorCode::kNone);
}

// Under LeakSanitizer also: libuv's uv_err_name() allocates for a number that it does not know.
TEST(Errors, NumberWithoutANameIsUnknown) {
  EXPECT_EQ(ErrorName(ErrorFromSystem(9999)), "UNKNOWN");
  EXPECT_NE(ErrorFromSystem(9999), ErrorCode::kNone);
}

}  // namespace
}  // namespace tcplab
