#include "app/log_setup.h"

#include <syslog.h>

#include <memory>
#include <string_view>

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <isofuse/messages.h>

namespace isofuse::app {
namespace {

constexpr std::size_t kHeldMessagesMax = 64;

using HeldSink = spdlog::sinks::ringbuffer_sink_mt;

spdlog::sink_ptr& syslog_sink() {
  static spdlog::sink_ptr sink;
  return sink;
}

}  // namespace

void route_messages() {
  set_message_handler([](Severity severity, std::string_view message) {
    spdlog::log(severity == Severity::kDebug ? spdlog::level::debug : spdlog::level::warn, "{}",
                message);
  });
}

void hold_log() {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("isofuse", std::make_shared<HeldSink>(kHeldMessagesMax)));
}

void log_to_stderr(bool debug) {
  const std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
  auto logger = std::make_shared<spdlog::logger>("isofuse",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("isofuse: %l: %v");
  logger->set_level(debug ? spdlog::level::debug : spdlog::level::info);
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(logger);

  const auto held = before->sinks().empty()
                        ? nullptr
                        : std::dynamic_pointer_cast<HeldSink>(before->sinks().front());
  if (!held) return;
  for (const spdlog::details::log_msg_buffer& message : held->last_raw())
    logger->log(message.level, message.payload);
}

void prepare_syslog() {
  // LOG_NDELAY: the connection is made now, when that is still possible.
  syslog_sink() = std::make_shared<spdlog::sinks::syslog_sink_mt>(
      "isofuse", LOG_PID | LOG_NDELAY, LOG_DAEMON, /*enable_formatting=*/false);
}

void log_to_syslog() {
  if (!syslog_sink()) prepare_syslog();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("isofuse", syslog_sink()));
}

}  // namespace isofuse::app
