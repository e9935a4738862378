using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>Registers the ledger.</summary>
internal static class QueueServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services, LedgerOptions options, IConnectionMultiplexer connection)
    {
        services.AddSingleton(options).AddSingleton(connection).AddSingleton<LedgerStore>();
        services.TryAddSingleton<StoreRoom, MemoryRoom>();
        services.AddSingleton<Lanes>().AddSingleton<ErrorCodes>().AddSingleton<OwnerLease>();
        services.AddSingleton<JobIntake>().AddSingleton<JobDesk>().AddSingleton<JobClaims>().AddSingleton<JobQueries>().AddSingleton<JobReads>().AddSingleton<JobMatches>().AddSingleton<JobLists>().AddSingleton<JobFailures>().AddSingleton<JobBulk>();
        services.AddSingleton<BatchLedger>().AddSingleton<BatchWishes>().AddSingleton<EndedBatches>().AddSingleton<DriftingBatches>().AddSingleton<BatchRequests>().AddSingleton<BatchesInHand>().AddSingleton<BatchRunners>().AddSingleton<LostRequests>().AddSingleton<BatchLists>().AddSingleton<BatchOutcomes>().AddSingleton<StorePing>();
        services.AddSingleton<AccountClaims>().AddSingleton<Canaries>()
            .AddSingleton<StoreTimeline>().AddSingleton<Submissions>().AddSingleton<Rollbacks>().AddSingleton<Restoration>().AddSingleton<StoreGuard>();
        services.AddSingleton<Settlements>().AddSingleton<QueueCounts>().AddSingleton<LedgerRepair>().AddSingleton<RunLedger>().AddSingleton<AbsentSubmissions>();
        services.AddSingleton<DayBook>().AddSingleton<Acceptances>().AddSingleton<DayLedger>().AddSingleton<RealtimeCalls>().AddSingleton<AlertLedger>().AddSingleton<CallbackLedger>().AddSingleton<CallbackBulk>().AddSingleton<JobErasure>().AddSingleton<Repricing>();
        services.AddSingleton<BudgetBook>().AddSingleton<BudgetUses>().AddSingleton<BudgetHolds>();
        services.AddSingleton<JobRetention>().AddSingleton<BatchRetention>().AddSingleton<RunRetention>().AddSingleton<OldBindings>().AddSingleton<ProviderCopies>();
        services.AddSingleton(new AuditOptions(TimeSpan.FromMilliseconds(100), TimeProvider.System));
        services.AddSingleton<JobAudit>().AddSingleton<BatchParts>().AddSingleton<BatchAudit>().AddSingleton<QueueAudit>().AddSingleton<LedgerAudit>().AddSingleton<LedgerSample>();
        return services.AddSingleton<Switches>().AddSingleton<ProviderHealth>();
    }
}
