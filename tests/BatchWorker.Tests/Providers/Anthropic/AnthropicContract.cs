using BatchWorker.Lifecycle;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>Anthropic keeps the contract.</summary>
[TestFixture]
internal sealed class AnthropicContract : BatchProviderContract
{
    protected override ContractSubject Subject { get; } = new Anthropic();

    private sealed record Anthropic : ContractSubject
    {
        public override Provider Name => Provider.Anthropic;

        public override Lane Lane => AnthropicClient.Messages;

        public override string CreatePath => "^/v1/messages/batches$";

        public override string Request(string text) => $$"""{"model":"claude-haiku-4-5","max_tokens":64,"messages":[{"role":"user","content":"{{text}}"}]}""";

        public override void Register(IServiceCollection services, SimulatorHost host, string? key = null) => services.AddAnthropic(new AnthropicOptions
        {
            BaseUrl = host.AnthropicBaseUrl.ToString(),
            ApiKey = key ?? new SimulatorOptions().AnthropicKey,
            Timeouts = AnthropicClient.Quick,
        });
    }
}
