using BatchWorker.Batching;
using BatchWorker.Callbacks;
using BatchWorker.Monitoring;
using BatchWorker.Polling;
using BatchWorker.Queue;
using BatchWorker.Results;
using BatchWorker.Settings;
using Quartz;

namespace BatchWorker;

/// <summary>
/// All periodic work on one page. The rooms look for due batches several times a second: a look is one small question to the store,
/// and when a batch is due is decided by the ledger. A look that was missed is not made up for.
/// </summary>
internal static class Schedule
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_ask = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_clean = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_alert = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(15);

    /// <summary>The loops that must come round for the daemon to do its work.</summary>
    public static string[] WorkLoops { get; } = [nameof(SubmitTick), nameof(PollTick), nameof(RetrieveTick)];

    public static IServiceCollection AddSchedule(this IServiceCollection services, DaemonSettings settings)
    {
        services.AddQuartz(quartz =>
        {
            quartz.AddJobListener<TickProgress>();
            quartz.Every<SubmitTick>(s_look);
            quartz.Every<PollTick>(s_look);
            quartz.Every<RetrieveTick>(s_look);
            quartz.Every<SweepTick>(s_sweep);
            quartz.Every<RollbackTick>(s_sweep);
            quartz.Every<RetentionTick>(s_retain);
            quartz.Every<RecountTick>(s_clean);
            quartz.Every<LateTick>(s_clean);
            quartz.Every<RepriceTick>(s_alert);
            quartz.Every<ProviderFileTick>(s_clean);
            quartz.Every<SpoolTick>(s_clean);
            quartz.Every<CarryOverTick>(settings.Polling.CheckInterval);
            quartz.Every<ProbeTick>(settings.ProbeInterval);
            quartz.Every<SampleTick>(s_sample);
            quartz.Every<AlertTick>(s_alert);
            quartz.Every<InvariantTick>(s_sample);
            if (settings.Callbacks.Secrets is not null)
            {
                quartz.Every<CallbackTick>(s_sweep);
            }
            quartz.Every<CallbackWatchTick>(s_sample);
            quartz.Every<LeaseTick>(settings.Ledger.Lease / 3);
            quartz.Every<TakeOverTick>(settings.Ledger.Lease / 3);
            if (settings.Redis is null)
            {
                quartz.Every<StoreWatchTick>(s_ask);
                quartz.Every<CompactionTick>(s_clean);
            }
            quartz.AtSlots<DrainTick>(settings.Schedule.Cron);
        });
        return services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    /// <summary>At every slot and at the start; the ledger knows which slot has been drained.</summary>
    private static void AtSlots<TTick>(this IQuartzBuilder quartz, CronExpression slots) where TTick : class, IJob
    {
        var key = new JobKey(typeof(TTick).Name);
        quartz.AddJob<TTick>(job => job.WithIdentity(key));
        quartz.AddTrigger(trigger => trigger.ForJob(key).WithIdentity("start").StartNow());
        quartz.AddTrigger(trigger => trigger.ForJob(key).WithIdentity("slots")
            .WithCronSchedule(slots, cron => cron.WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
    }

    private static void Every<TTick>(this IQuartzBuilder quartz, TimeSpan interval) where TTick : class, IJob =>
        quartz.ScheduleJob<TTick>(trigger => trigger
            .WithIdentity(typeof(TTick).Name)
            .StartNow()
            .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount)));
}
