#include "core/agent/listeners.h"

#include <algorithm>

namespace tcplab {

Result<Address> Listeners::Open(const ServerSpec& spec, Blocking blocking, RecordedCalls& calls) {
  ListenSpec listen = spec.listen;
  const std::size_t count = spec.accept.own_listeners ? spec.accept.workers : 1;
  if (spec.accept.own_listeners) listen.options.push_back({"SO_REUSEPORT", 1, {}});
  Result<Address> first;
  for (std::size_t i = 0; i < count; ++i) {
    list_.push_back(std::make_unique<Listener>());
    Result<Address> address = list_.back()->Open(listen, blocking, calls);
    if (!address) return address;
    if (i > 0) continue;
    first = address;
    listen.port = address->port();
  }
  return first;
}

void Listeners::Adopt(NativeSocket socket) {
  list_.push_back(std::make_unique<Listener>());
  list_.back()->Adopt(socket);
}

void Listeners::RecordQueue(RecordedCalls& calls) {
  for (const auto& listener : list_) listener->RecordQueue(calls);
}

void Listeners::Drain(RecordedCalls& calls, std::uint32_t first_number) {
  for (const auto& listener : list_) first_number = listener->Drain(calls, first_number);
}

void Listeners::Shutdown(RecordedCalls& calls) {
  for (const auto& listener : list_) listener->Shutdown(calls);
}

void Listeners::StopAccepting() {
  for (const auto& listener : list_) listener->StopAccepting();
}

void Listeners::Close(RecordedCalls& calls) {
  for (const auto& listener : list_) listener->Close(calls);
}

bool Listeners::closed() const {
  return std::all_of(list_.begin(), list_.end(),
                     [](const auto& listener) { return listener->closed(); });
}

}  // namespace tcplab
