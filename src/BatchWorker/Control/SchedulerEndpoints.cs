using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/scheduler</c>.</summary>
internal static class SchedulerEndpoints
{
    private const string Running = "running";
    private const string Stopped = "stopped";

    public static void MapScheduler(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/scheduler", ShowAsync).WithSummary("The schedule").Takes(Scope.Read).Gives<SchedulerAnswer>(200);
        routes.MapPost("/batch/scheduler/start", StartAsync).WithSummary("Lets scheduled drains and carry-overs run").Takes(Scope.Operate).Gives<SchedulerAnswer>(200);
        routes.MapPost("/batch/scheduler/stop", StopAsync).WithSummary("Halts scheduled drains and carry-overs; batches are followed on").Takes(Scope.Operate).Gives<SchedulerAnswer>(200);
    }

    public static async Task<SchedulerAnswer> ReadAsync(Switches switches, IScheduleDesk schedule)
    {
        var stopped = await switches.IsSchedulerStoppedAsync();
        return new SchedulerAnswer(stopped ? Stopped : Running, stopped ? null : await schedule.NextRunAtAsync(), schedule.Schedule);
    }

    private static async Task<IResult> ShowAsync(Switches switches, IScheduleDesk schedule) =>
        TypedResults.Json(await ReadAsync(switches, schedule), ControlJson.Relaxed.SchedulerAnswer);

    /// <summary>Also an operator's word that submission may go on after the store went back in time.</summary>
    private static async Task<IResult> StartAsync(Switches switches, Rollbacks rollbacks, IScheduleDesk schedule)
    {
        await rollbacks.LiftAsync();
        await switches.StartSchedulerAsync();
        return await ShowAsync(switches, schedule);
    }

    private static async Task<IResult> StopAsync(Switches switches, IScheduleDesk schedule)
    {
        await switches.StopSchedulerAsync();
        return await ShowAsync(switches, schedule);
    }
}
