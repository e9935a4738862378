using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.Http;
using BatchWorker.Providers.OpenAi;
using BatchWorker.Queue;
using BatchWorker.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Flow;

/// <summary>The daemon's own clients in front of a simulator. They keep real time, since they wait for real sockets; they only wait less.</summary>
internal static class SimulatedProviders
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private static readonly ProviderTimeouts s_timeouts = new()
    {
        Attempt = s_patience,
        Total = s_patience * 3,
        Create = s_patience,
        Upload = s_patience,
        Idle = s_patience,
        Break = s_patience,
        Retries = 1,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        LongestWait = TimeSpan.Zero,
    };

    public static ServiceProvider OpenAi(SimulatorHost simulator) => Build(services => services.AddOpenAi(new OpenAiOptions
    {
        BaseUrl = simulator.OpenAiBaseUrl.ToString(),
        ApiKey = new SimulatorOptions().OpenAiKey,
        Timeouts = s_timeouts,
    }));

    public static ServiceProvider Anthropic(SimulatorHost simulator) => Build(services => services.AddAnthropic(new AnthropicOptions
    {
        BaseUrl = simulator.AnthropicBaseUrl.ToString(),
        ApiKey = new SimulatorOptions().AnthropicKey,
        Timeouts = s_timeouts,
    }));

    public static ServiceProvider Gemini(SimulatorHost simulator) => Build(services => services.AddGemini(new GeminiOptions
    {
        BaseUrl = simulator.GeminiBaseUrl.ToString(),
        ApiKey = new SimulatorOptions().GeminiKey,
        Timeouts = s_timeouts,
    }));

    /// <summary>The client of one provider.</summary>
    public static ServiceProvider Connect(Provider name, SimulatorHost simulator) => name switch
    {
        Provider.OpenAi => OpenAi(simulator),
        Provider.Anthropic => Anthropic(simulator),
        _ => Gemini(simulator),
    };

    /// <summary>Jobs that this provider understands.</summary>
    public static async Task<IReadOnlyList<JobId>> EnqueueAsync(FlowHarness flow, Provider name, int count)
    {
        var (endpoint, model, data) = name switch
        {
            Provider.OpenAi => ("/v1/chat/completions", "gpt-4o", """{"model":"gpt-4o","messages":[{"role":"user","content":"Pitch #"}]}"""),
            Provider.Anthropic => ("/v1/messages", "claude-sonnet-4-5", """{"model":"claude-sonnet-4-5","max_tokens":50,"messages":[{"role":"user","content":"Pitch #"}]}"""),
            _ => ("generateContent", "gemini-2.5-flash", """{"contents":[{"role":"user","parts":[{"text":"Pitch #"}]}]}"""),
        };
        var jobs = Enumerable.Range(0, count).Select(i => new NewJob
        {
            Lane = new Lane(name, endpoint, model, "creative_scoring"),
            Priority = 5,
            Data = Encoding.UTF8.GetBytes(data.Replace("#", $"{i}", StringComparison.Ordinal)),
            MaxAttempts = 3,
        });
        return [.. (await flow.Get<JobIntake>().EnqueueAsync([.. jobs], allOrNothing: true)).Jobs.Select(job => job.Id!.Value)];
    }

    public static IBatchProvider Only(this ServiceProvider services) => services.GetRequiredService<IBatchProvider>();

    private static ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        add(services);
        return services.BuildServiceProvider();
    }
}
