#include "core/agent/agent.h"

#include "core/agent/fleet_agent.h"
#include "core/agent/frame_pipe.h"
#include "core/agent/server_agent.h"
#include "core/agent/worker_agent.h"
#include "core/net/placement.h"
#include "core/net/realtime.h"
#include "core/net/syscalls.h"

namespace tcplab {

void AgentMain() {
  SysIgnoreAgentSignals();
  SysRaiseDescriptorLimit();
  GoAfterController();
  FramePipe pipe;
  const Frame first = pipe.Read();
  if (first.kind != FrameKind::kPlan)
    pipe.Fail({"protocol", "an agent's first frame must be its plan"});
  const Result<AnyPlan> plan = PlanFromPayload(first.payload);
  if (!plan) pipe.Fail({"protocol", plan.error().message});
  UseTicks(plan->terms.ticks);
  PlaceFrom(plan->terms.first_processor);
  if (plan->is_server && plan->server.worker != 0) RunWorkerAgent(pipe, plan->server);
  if (plan->is_server) RunServerAgent(pipe, plan->server);
  RunFleetAgent(pipe, plan->fleet);
}

}  // namespace tcplab
