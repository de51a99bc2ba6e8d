package io.culvert.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class WindowBudgetTest {

    private final WindowBudget budget = new WindowBudget(100);

    @Test
    void lendsWhatIsWantedAsLongAsThereIsSome() {
        WindowBudget.Loan first = budget.loan();
        assertThat(first.want(60)).isEqualTo(60);
        assertThat(first.want(60)).isZero();
        assertThat(first.want(80)).isEqualTo(20);
        assertThat(first.want(-1)).isZero();
        assertThat(first.excessBytes()).as("while nobody waits").isZero();
        assertThat(budget.lentBytes()).isEqualTo(80);
    }

    @Test
    void whoHasMoreThanItsShareGivesItBackToWhoWaits() {
        WindowBudget.Loan first = budget.loan();
        WindowBudget.Loan second = budget.loan();
        assertThat(first.want(100)).isEqualTo(100);
        assertThat(second.want(80)).isZero();
        assertThat(first.excessBytes()).isEqualTo(50);

        first.giveBack(50);

        assertThat(second.want(80)).isEqualTo(50);
        assertThat(first.excessBytes()).isZero();
    }

    @Test
    void whoWantsLittleHasAllOfItAndTheOthersShareTheRest() {
        List<WindowBudget.Loan> loans = List.of(budget.loan(), budget.loan(), budget.loan());
        loans.get(0).want(100);
        loans.get(1).want(100);
        loans.get(2).want(20);
        assertThat(loans).extracting(WindowBudget.Loan::excessBytes).containsExactly(60, 0, 0);
        loans.get(0).giveBack(60);
        assertThat(loans.get(2).want(20)).isEqualTo(20);
        assertThat(loans.get(1).want(100)).isEqualTo(40);
    }

    @Test
    void whatIsClosedIsGivenBackOnce() {
        WindowBudget.Loan first = budget.loan();
        WindowBudget.Loan second = budget.loan();
        first.want(100);
        second.want(100);
        first.close();
        first.close();
        assertThat(budget.lentBytes()).isZero();
        assertThat(second.want(100)).isEqualTo(100);
    }

    @Test
    void neverLendsMoreThanItHasAndInTheEndEverybodyHasItsShare() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            WindowBudget some = new WindowBudget(1000);
            List<WindowBudget.Loan> loans = new ArrayList<>();
            List<Integer> wants = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(20); i++) {
                loans.add(some.loan());
                wants.add(1 + random.nextInt(400));
            }
            for (int round = 0; round < 400; round++) {
                int i = random.nextInt(loans.size());
                loans.get(i).want(wants.get(i));
                loans.get(i).giveBack(Math.min(loans.get(i).excessBytes(), random.nextInt(100)));
                assertThat(some.lentBytes()).as("seed %d", seed).isBetween(0, 1000);
            }
            for (int round = 0; round < 3; round++) {
                loans.forEach(loan -> loan.giveBack(loan.excessBytes()));
                for (int i = 0; i < loans.size(); i++) {
                    loans.get(i).want(wants.get(i));
                }
            }
            int level =
                    loans.stream().mapToInt(WindowBudget.Loan::lentBytes).max().orElseThrow();
            for (int i = 0; i < loans.size(); i++) {
                assertThat(loans.get(i).lentBytes())
                        .as("seed %d, loan %d", seed, i)
                        .isEqualTo(Math.min(wants.get(i), level));
            }
        }
    }
}
