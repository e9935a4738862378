using BatchWorker.Benchmarks;

var command = args is [{ } first, ..] && !first.StartsWith('-') ? first : "";
var arguments = new Arguments(command.Length == 0 ? args : args[1..]);
var options = HarnessOptions.Parse(arguments);
try
{
    return command switch
    {
        "store-kills" when arguments.IsWhole => await StoreKills.RunAsync(arguments),
        "failpoints" when options is not null => await FailpointRuns.RunAsync(arguments),
        "lists" => await ListProof.RunAsync(args[1..]),
        "store-accidents" when options is not null => await new StoreAccidents(options).RunAsync(arguments.Number("--rounds", 5)) == 0 ? 0 : 1,
        "soak" when options is not null => await new Soak(options, arguments.Number("--minutes", 60), arguments.Number("--replicas", 3), arguments.Number("--per-minute", 1000)).RunAsync() == 0 ? 0 : 1,
        "load" when options is not null => await new Load(options, arguments.Number("--connections", 1), arguments.Number("--singles", 0), arguments.Text("--json")).RunAsync(),
        "takeover" when options is not null => await new Takeover(options).RunAsync(arguments.Number("--rounds", 5)) == 0 ? 0 : 1,
        "" when options is not null => await new Run(options).RunAsync() == 0 ? 0 : 1,
        _ => Help(),
    };
}
catch (InvalidOperationException failure)
{
    Console.WriteLine(failure.Message); // caught, so that the processes are ended on the way
    return 1;
}

static int Help()
{
    Console.WriteLine(HarnessOptions.Usage);
    return 2;
}
